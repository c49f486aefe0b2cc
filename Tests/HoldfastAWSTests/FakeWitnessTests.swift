import Foundation
import HoldfastAWS
import HoldfastModel
import HoldfastTestingAWS
import Testing

/// The fake is ours, and so might share our mistakes: here AWS's own client for Python talks to it.
@Suite("The fake, as botocore sees it")
struct FakeWitnessTests {
    private static let script = """
        import os, boto3, botocore.config, botocore.exceptions as e
        url, arn, role = os.environ["URL"], os.environ["ARN"], os.environ["ROLE"]
        def client(service, **keys):
            config = botocore.config.Config(retries={"max_attempts": 0})
            return boto3.client(service, endpoint_url=url, region_name="us-east-1", config=config, **keys)
        def code(call, **input):
            try: call(**input)
            except e.ClientError as error: return error.response["Error"]["Code"]
        keys = client("sts").assume_role(RoleArn=role, RoleSessionName="py", ExternalId="ex")["Credentials"]
        kms = client("kms", aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"],
                     aws_session_token=keys["SessionToken"])
        blob = kms.encrypt(KeyId=arn, Plaintext=b"key", EncryptionContext={"a": "1"})["CiphertextBlob"]
        print(kms.decrypt(KeyId=arn, CiphertextBlob=blob, EncryptionContext={"a": "1"})["Plaintext"].decode())
        print(code(kms.decrypt, KeyId=arn, CiphertextBlob=blob, EncryptionContext={"a": "2"}))
        print(kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"], kms.describe_key(KeyId=arn)["KeyMetadata"]["CreationDate"].year)
        kms.disable_key(KeyId=arn)
        print(code(kms.decrypt, KeyId=arn, CiphertextBlob=blob, EncryptionContext={"a": "1"}))
        print(len(list(kms.get_paginator("list_keys").paginate())[0]["Keys"]))
        print(code(client("sts").assume_role, RoleArn=role, RoleSessionName="py", ExternalId="xx"))
        print(code(client("kms", aws_access_key_id="AKIA1", aws_secret_access_key="s").list_keys))
        """

    @Test(
        "it takes what botocore signs, and answers what botocore understands",
        .enabled(if: MotoFixture.python != nil, "scripts/aws-test says which Python has boto3"))
    func botocore() async throws {
        let fake = FakeAWS(now: { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) })
        let user = fake.createUser()
        let (arn, role) = (fake.createKey("py"), fake.createRole("py", externalID: "ex"))
        let output = try await fake.serving { url in
            try await Botocore.run(
                Self.script,
                [
                    "URL": url, "ARN": arn, "ROLE": role, "AWS_ACCESS_KEY_ID": user.id, "AWS_SECRET_ACCESS_KEY": user.secret,
                    "AWS_EC2_METADATA_DISABLED": "true",
                ])
        }
        #expect(
            output == [
                "key", "InvalidCiphertextException", "Enabled \(Calendar(identifier: .gregorian).component(.year, from: Date()))",
                "DisabledException", "1", "AccessDenied", "UnrecognizedClientException",
            ])
    }
}
