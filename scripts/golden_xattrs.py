"""Writes the extended attributes of a file in a tar as `getfattr --absolute-names -d` wrote them where the golden repository was made."""
import sys
import tarfile

PREFIX = "SCHILY.xattr."

path, name = sys.argv[1:]
with tarfile.open(path) as tar:
    member = next(member for member in tar if member.name.rsplit("/", 1)[-1] == name)
print(f"# file: /golden/source/{name}")
for key in sorted(key for key in member.pax_headers if key.startswith(PREFIX + "user.")):
    print(f'{key.removeprefix(PREFIX)}="{member.pax_headers[key]}"')
print()
