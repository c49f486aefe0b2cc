"""Reads a PNG of 8 bits a channel with nothing but zlib (https://www.w3.org/TR/png-3/)."""
import struct
import zlib


class Picture:
    def __init__(self, data):
        if data[:8] != b"\x89PNG\r\n\x1a\n":
            raise ValueError("no PNG")
        position, packed = 8, b""
        while position < len(data):
            length, kind = struct.unpack(">I4s", data[position:position + 8])
            body = data[position + 8:position + 8 + length]
            position += 12 + length
            if kind == b"IHDR":
                self.width, self.height, depth, color, _, _, interlace = struct.unpack(">IIBBBBB", body)
                if depth != 8 or color not in (2, 6) or interlace:
                    raise ValueError(f"depth {depth}, colour type {color}")
                self.size = {2: 3, 6: 4}[color]
            elif kind == b"IDAT":
                packed += body
        self.rows = self._unfilter(zlib.decompress(packed))

    def _unfilter(self, data):
        rows, stride, size = [], self.width * self.size, self.size
        above = bytearray(stride)
        for number in range(self.height):
            start = number * (stride + 1)
            kind, row = data[start], bytearray(data[start + 1:start + 1 + stride])
            if kind == 1:
                for i in range(size, stride):
                    row[i] = row[i] + row[i - size] & 255
            elif kind == 2:
                row = bytearray(a + b & 255 for a, b in zip(row, above))
            elif kind == 3:
                for i in range(stride):
                    row[i] = row[i] + ((row[i - size] if i >= size else 0) + above[i] >> 1) & 255
            elif kind == 4:
                for i in range(stride):
                    row[i] = row[i] + self._paeth(row[i - size] if i >= size else 0, above[i], above[i - size] if i >= size else 0) & 255
            rows.append(row)
            above = row
        return rows

    @staticmethod
    def _paeth(left, above, corner):
        guess = left + above - corner
        a, b, c = abs(guess - left), abs(guess - above), abs(guess - corner)
        return left if a <= b and a <= c else above if b <= c else corner

    def pixel(self, x, y):
        start = x * self.size
        return tuple(self.rows[y][start:start + 3])

    def area(self, left, top, right, bottom):
        """The pixels inside, row by row; what lies outside of the picture is left out."""
        columns = range(max(0, left), min(self.width, right))
        return [[self.pixel(x, y) for x in columns] for y in range(max(0, top), min(self.height, bottom))]


def distance(a, b):
    return max(abs(x - y) for x, y in zip(a, b))


def luminance(color):
    """Relative luminance, 0 to 1, as WCAG reckons it."""
    parts = [c / 255 for c in color]
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
