"""Triple DES in CBC mode, as far as signing on needs it. FIPS 46-3."""


def _rows(text):
    return [int(word) for word in text.split()]


INITIAL = _rows("""
58 50 42 34 26 18 10 2 60 52 44 36 28 20 12 4
62 54 46 38 30 22 14 6 64 56 48 40 32 24 16 8
57 49 41 33 25 17 9 1 59 51 43 35 27 19 11 3
61 53 45 37 29 21 13 5 63 55 47 39 31 23 15 7""")
FINAL = [INITIAL.index(bit) + 1 for bit in range(1, 65)]
EXPANSION = _rows("""
32 1 2 3 4 5 4 5 6 7 8 9 8 9 10 11 12 13 12 13 14 15 16 17
16 17 18 19 20 21 20 21 22 23 24 25 24 25 26 27 28 29 28 29 30 31 32 1""")
PERMUTATION = _rows("""
16 7 20 21 29 12 28 17 1 15 23 26 5 18 31 10
2 8 24 14 32 27 3 9 19 13 30 6 22 11 4 25""")
CHOICE_1 = _rows("""
57 49 41 33 25 17 9 1 58 50 42 34 26 18 10 2 59 51 43 35 27 19 11 3 60 52 44 36
63 55 47 39 31 23 15 7 62 54 46 38 30 22 14 6 61 53 45 37 29 21 13 5
28 20 12 4""")
CHOICE_2 = _rows("""
14 17 11 24 1 5 3 28 15 6 21 10 23 19 12 4 26 8 16 7 27 20 13 2
41 52 31 37 47 55 30 40 51 45 33 48 44 49 39 56 34 53 46 42 50 36 29 32""")
SHIFTS = _rows("1 1 2 2 2 2 2 2 1 2 2 2 2 2 2 1")
BOXES = [_rows(text) for text in (
    """14 4 13 1 2 15 11 8 3 10 6 12 5 9 0 7
    0 15 7 4 14 2 13 1 10 6 12 11 9 5 3 8
    4 1 14 8 13 6 2 11 15 12 9 7 3 10 5 0
    15 12 8 2 4 9 1 7 5 11 3 14 10 0 6 13""",
    """15 1 8 14 6 11 3 4 9 7 2 13 12 0 5 10
    3 13 4 7 15 2 8 14 12 0 1 10 6 9 11 5
    0 14 7 11 10 4 13 1 5 8 12 6 9 3 2 15
    13 8 10 1 3 15 4 2 11 6 7 12 0 5 14 9""",
    """10 0 9 14 6 3 15 5 1 13 12 7 11 4 2 8
    13 7 0 9 3 4 6 10 2 8 5 14 12 11 15 1
    13 6 4 9 8 15 3 0 11 1 2 12 5 10 14 7
    1 10 13 0 6 9 8 7 4 15 14 3 11 5 2 12""",
    """7 13 14 3 0 6 9 10 1 2 8 5 11 12 4 15
    13 8 11 5 6 15 0 3 4 7 2 12 1 10 14 9
    10 6 9 0 12 11 7 13 15 1 3 14 5 2 8 4
    3 15 0 6 10 1 13 8 9 4 5 11 12 7 2 14""",
    """2 12 4 1 7 10 11 6 8 5 3 15 13 0 14 9
    14 11 2 12 4 7 13 1 5 0 15 10 3 9 8 6
    4 2 1 11 10 13 7 8 15 9 12 5 6 3 0 14
    11 8 12 7 1 14 2 13 6 15 0 9 10 4 5 3""",
    """12 1 10 15 9 2 6 8 0 13 3 4 14 7 5 11
    10 15 4 2 7 12 9 5 6 1 13 14 0 11 3 8
    9 14 15 5 2 8 12 3 7 0 4 10 1 13 11 6
    4 3 2 12 9 5 15 10 11 14 1 7 6 0 8 13""",
    """4 11 2 14 15 0 8 13 3 12 9 7 5 10 6 1
    13 0 11 7 4 9 1 10 14 3 5 12 2 15 8 6
    1 4 11 13 12 3 7 14 10 15 6 8 0 5 9 2
    6 11 13 8 1 4 10 7 9 5 0 15 14 2 3 12""",
    """13 2 8 4 6 15 11 1 10 9 3 14 5 0 12 7
    1 15 13 8 10 3 7 4 12 5 6 11 0 14 9 2
    7 11 4 1 9 12 14 2 0 6 10 13 15 3 5 8
    2 1 14 7 4 10 8 13 15 12 9 0 3 5 6 11""")]


def _pick(value, width, table):
    out = 0
    for bit in table:
        out = out << 1 | value >> (width - bit) & 1
    return out


def _schedule(key):
    halves = _pick(int.from_bytes(key, "big"), 64, CHOICE_1)
    left, right = halves >> 28, halves & 0xFFFFFFF
    keys = []
    for shift in SHIFTS:
        left = (left << shift | left >> (28 - shift)) & 0xFFFFFFF
        right = (right << shift | right >> (28 - shift)) & 0xFFFFFFF
        keys.append(_pick(left << 28 | right, 56, CHOICE_2))
    return keys


def _mix(half, key):
    mixed = _pick(half, 32, EXPANSION) ^ key
    out = 0
    for number, box in enumerate(BOXES):
        six = mixed >> (42 - 6 * number) & 63
        row = six >> 4 & 2 | six & 1
        out = out << 4 | box[row * 16 + (six >> 1 & 15)]
    return _pick(out, 32, PERMUTATION)


def _block(value, keys):
    value = _pick(value, 64, INITIAL)
    left, right = value >> 32, value & 0xFFFFFFFF
    for key in keys:
        left, right = right, left ^ _mix(right, key)
    return _pick(right << 32 | left, 64, FINAL)


def encrypt(key, vector, data):
    """@data, whole blocks, under the 24 bytes of @key."""
    first, second, third = (_schedule(key[at:at + 8]) for at in (0, 8, 16))
    out, last = b"", int.from_bytes(vector, "big")
    for at in range(0, len(data), 8):
        last ^= int.from_bytes(data[at:at + 8], "big")
        last = _block(_block(_block(last, first), second[::-1]), third)
        out += last.to_bytes(8, "big")
    return out
