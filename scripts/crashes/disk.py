"""A disk whose power may fail: what is certain to be on it after some calls, and what may or may not be.

Certain is the content of a file as of its last fsync, and the names in a directory as of its last fsync. A rename is on the disk whole or
not at all. Everything else is drawn: see `Loss`."""
import os, pathlib, stat

BLOCK = 4096


class File:
    def __init__(self, data=b"", mode=0o600):
        self.data, self.mode, self.pending = data, mode, []

    def sync(self):
        self.data, self.mode = self.image(self.pending)
        self.pending = []

    def image(self, changes):
        data, mode = bytearray(self.data), self.mode
        for kind, *rest in changes:
            if kind == "write":
                offset, content = rest
                data.extend(bytes(max(0, offset + len(content) - len(data))))
                data[offset:offset + len(content)] = content
            elif kind == "truncate":
                del data[rest[0]:]
                data.extend(bytes(rest[0] - len(data)))
            elif kind == "clear":
                first, last = rest[0], min(rest[0] + rest[1], len(data))
                data[first:last] = bytes(max(0, last - first))
            else:
                mode = rest[0]
        return bytes(data), mode


class Link:
    def __init__(self, target):
        self.target = target


class Directory:
    def __init__(self, mode=0o700):
        self.names, self.current, self.mode, self.pending = {}, {}, mode, []


class Renaming:
    """A change of names, in one directory or two: [(directory, name, node or None)]."""

    def __init__(self, changes):
        self.changes, self.is_done = changes, False
        for directory, _, _ in changes:
            directory.pending.append(self)

    def do(self):
        """What came before it under the same names is on the disk as well."""
        if self.is_done:
            return
        self.is_done = True
        names = [(directory, name) for directory, name, _ in self.changes]
        for directory, _, _ in self.changes:
            earlier = directory.pending[:directory.pending.index(self)]
            for other in earlier:
                if any((place, name) in names for place, name, _ in other.changes):
                    other.do()
        for directory, name, node in self.changes:
            if self in directory.pending:
                directory.pending.remove(self)
            if node is None:
                directory.names.pop(name, None)
            else:
                directory.names[name] = node


class Loss:
    """What of the unsynced is on the disk when the power fails. `data` and `names`:

    none      nothing of it
    all       all of it
    prefix    what came before some moment
    some      each change or not, of data each block or not; what lies between reads as zeros
    zeros     (data) the lengths, and no bytes
    """
    DATA, NAMES = ("none", "all", "prefix", "some", "zeros"), ("none", "all", "prefix", "some")

    def __init__(self, data, names, random):
        self.data, self.names, self.random = data, names, random

    def of_file(self, file):
        changes = file.pending
        if self.data == "none":
            return file.image([])
        if self.data == "prefix":
            return file.image(changes[:self.random.randint(0, len(changes))])
        if self.data == "some":
            return file.image([change for change in self._blocks(changes) if change[0] == "truncate" or self.random.random() < 0.5])
        if self.data == "zeros":
            return file.image([("write", change[1], bytes(len(change[2]))) if change[0] == "write" else change for change in changes])
        return file.image(changes)

    @staticmethod
    def _blocks(changes):
        for change in changes:
            if change[0] != "write":
                yield change
                continue
            _, offset, content = change
            at = 0
            while at < len(content):
                end = min(len(content), (offset + at) // BLOCK * BLOCK + BLOCK - offset)
                yield "write", offset + at, content[at:end]
                at = end

    def of_names(self, renamings):
        if self.names == "all":
            return renamings
        if self.names == "prefix":
            return renamings[:self.random.randint(0, len(renamings))]
        return [renaming for renaming in renamings if self.names == "some" and self.random.random() < 0.5]


class Disk:
    """A directory's content as it stands on the disk, and what has been done since."""

    def __init__(self, root):
        self.root, self.nodes, self.renamings = str(root), {}, []
        self.top = self._read(pathlib.Path(root))

    def _read(self, path):
        status = path.lstat()
        mode = stat.S_IMODE(status.st_mode)
        if path.is_symlink():
            return Link(os.readlink(path))
        if not path.is_dir():
            if status.st_ino not in self.nodes:
                self.nodes[status.st_ino] = File(path.read_bytes(), mode)
            return self.nodes[status.st_ino]
        directory = self.nodes[status.st_ino] = Directory(mode)
        directory.names = {child.name: self._read(child) for child in path.iterdir()}
        directory.current = dict(directory.names)
        return directory

    def _place(self, path):
        """The directory of a path as it is now, and the name in it."""
        *above, name = os.path.relpath(path, self.root).split("/")
        directory = self.top
        for part in above:
            directory = directory.current[part]
        return directory, name

    def _change(self, *changes):
        for directory, name, node in changes:
            if node is None:
                del directory.current[name]
            else:
                directory.current[name] = node
        self.renamings.append(Renaming(list(changes)))

    def do(self, call, has_fsync=True):
        """Does what was recorded of a call. Without fsync nothing becomes certain."""
        kind, node = call.kind, self.nodes.get(call.inode)
        if kind == "sync":
            if has_fsync:
                self._sync(node)
        elif kind == "write":
            node.pending.append(("write", call.offset, call.data))
        elif kind == "truncate":
            node.pending.append(("truncate", call.length))
        elif kind == "allocate":
            self._allocate(node, call)
        elif kind == "mode":
            self._set_mode(node, stat.S_IMODE(call.mode))
        elif kind in ("create", "mkdir", "symlink"):
            self._make(call)
        elif kind == "link":
            self._change((*self._place(call.other), node))
        elif kind == "rename":
            self._change((*self._place(call.path), None), (*self._place(call.other), node))
        elif kind in ("unlink", "rmdir"):
            self._change((*self._place(call.path), None))
        elif kind not in ("other", "stdout"):
            raise ValueError(f"what does {kind} do?")

    def _sync(self, node):
        if isinstance(node, File):
            node.sync()
            return
        for renaming in list(node.pending):
            renaming.do()

    def _allocate(self, node, call):
        keeps_size, punches, zeroes = call.mode & 1, call.mode & 2, call.mode & 16
        if punches or zeroes:
            node.pending.append(("clear", call.offset, call.length))
        elif not keeps_size:
            node.pending.append(("write", call.offset + call.length, b""))

    @staticmethod
    def _set_mode(node, mode):
        if isinstance(node, File):
            node.pending.append(("mode", mode))
        else:
            node.mode = mode

    def _make(self, call):
        mode = stat.S_IMODE(call.mode)
        if call.kind == "create":
            node = File(b"", mode)
        elif call.kind == "symlink":
            node = Link(call.data.decode())
        else:
            node = Directory(mode)
        self.nodes[call.inode] = node
        self._change((*self._place(call.path), node))

    def write_out(self, target, loss):
        """Puts what a power failure now leaves into `target`. The disk is of no use after that."""
        for renaming in loss.of_names([renaming for renaming in self.renamings if not renaming.is_done]):
            renaming.do()
        self._written = {}
        self._write(self.top, pathlib.Path(target), loss)

    def _write(self, node, path, loss):
        if isinstance(node, Directory):
            path.mkdir()
            for name, child in node.names.items():
                self._write(child, path / name, loss)
            path.chmod(node.mode)
        elif isinstance(node, Link):
            path.symlink_to(node.target)
        elif node in self._written:
            os.link(self._written[node], path)
        else:
            data, mode = loss.of_file(node)
            path.write_bytes(data)
            path.chmod(mode)
            self._written[node] = path
