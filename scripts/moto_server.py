"""moto's server, repaired: see scripts/moto. moto 5.2.1
- looks whether an object is there, and writes it, in two steps, so that now and then two of several racers win;
- where authentication is switched on (scripts/iam-test), decodes a query before it signs it, so that no listing with a slash in its
  prefix is ever let in, whoever asks;
- denies in the XML of S3 what AWS KMS denies in JSON."""
import functools
import sys
import threading
from urllib.parse import quote

from moto.core.exceptions import JsonRESTError
from moto.iam import access_control
from moto.s3.responses import S3Response
from moto.server import main

create_request = access_control.IAMRequestBase._create_aws_request
deny = access_control.IAMRequest._raise_access_denied


one_by_one = threading.Lock()


def alone(method):
    @functools.wraps(method)
    def locked(*words, **named):
        with one_by_one:
            return method(*words, **named)

    return locked


def encoded(path):
    path, mark, query = path.partition("?")
    pairs = (pair.partition("=") for pair in query.split("&"))
    return path + mark + "&".join(quote(name, safe="-_.~") + sign + quote(value, safe="-_.~") for name, sign, value in pairs)


def with_encoded_query(self):
    if "?" in self._path:
        self._path = encoded(self._path)
    return create_request(self)


def in_json(self):
    if self._service == "kms":
        raise JsonRESTError("AccessDeniedException", f"User: {self._access_key.arn} is not authorized to perform: {self._action}")
    deny(self)


access_control.IAMRequestBase._create_aws_request = with_encoded_query
access_control.IAMRequest._raise_access_denied = in_json
# What creates an object: a PUT, and the end of a multipart upload.
S3Response.put_object = alone(S3Response.put_object)
S3Response._key_response_post = alone(S3Response._key_response_post)
main(sys.argv[1:])
