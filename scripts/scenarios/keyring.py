"""The local keyring changed behind Holdfast's back, as an administrator of a key manager may: the file's MAC is made right again
(docs/FORMAT.md, section 7; for keyrings without a passphrase alone)."""
import base64, hashlib, hmac, json


def set_state(box, key, state, destroy_after=None):
    path = box.root / "keyring.json"
    document = json.loads(path.read_text())
    for entry in document["keys"]:
        if key.endswith(entry["id"]):
            entry["state"], entry["destroy_after"] = state, destroy_after
    _write(path, document)


def _write(path, document):
    document.pop("mac")
    clear = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    root = base64.b64decode(document["kdf"]["salt"])
    mac_key = hmac.digest(root, b"holdfast/1 keyring-mac" + bytes.fromhex(document["keyring"]) + b"\x01", "sha256")
    mac = base64.b64encode(hmac.digest(mac_key, clear, hashlib.sha256)).decode()
    path.write_bytes(clear[:-1] + f',"mac":"{mac}"}}'.encode())
