"""The 68 landmarks of a face: names, vertices of the head that carry them, mirror partners.

The scheme is the usual one of 68 points (jaw line, brows, nose, eyes, outer and inner lips).
Left and right are those of the picture, not of the person.
"""

__all__ = ["MIRROR", "NAMES", "VERTICES"]

# Vertex of head_min.npz under each landmark: placed by hand on the front view of the mean head,
# then moved to the nearest visible vertex.
_PLACED = {
    "jaw": (
        *(2086, 1932, 866, 1761, 894, 742, 922, 918),
        *(780, 3155, 3159, 2997, 3131, 3972, 3106, 4133, 4285),
    ),
    "brow_left": (207, 224, 222, 208, 209),
    "brow_right": (2519, 2518, 2531, 2533, 2517),
    "nose_bridge": (133, 1583, 201, 1574),
    "nose_base": (324, 352, 312, 2648, 2621),
    "eye_left": (21, 1057, 1073, 1077, 47, 1067),
    "eye_right": (3304, 3300, 3284, 2340, 3294, 2366),
    "lips_outer": (422, 1872, 460, 455, 2754, 4076, 2717, 2770, 2776, 1857, 486, 480),
    "lips_inner": (416, 470, 474, 2761, 2711, 2800, 493, 518),
}

# What a landmark becomes under a flip, as (region, place of each point in that region).
_FLIPPED = {
    "jaw": ("jaw", range(17, 0, -1)),
    "brow_left": ("brow_right", range(5, 0, -1)),
    "brow_right": ("brow_left", range(5, 0, -1)),
    "nose_bridge": ("nose_bridge", range(1, 5)),
    "nose_base": ("nose_base", range(5, 0, -1)),
    "eye_left": ("eye_right", (4, 3, 2, 1, 6, 5)),
    "eye_right": ("eye_left", (4, 3, 2, 1, 6, 5)),
    "lips_outer": ("lips_outer", (7, 6, 5, 4, 3, 2, 1, 12, 11, 10, 9, 8)),
    "lips_inner": ("lips_inner", (5, 4, 3, 2, 1, 8, 7, 6)),
}


def _name(region, place):
    return f"{region}_{place:02d}"


NAMES = tuple(_name(region, i + 1) for region in _PLACED for i in range(len(_PLACED[region])))
VERTICES = tuple(vertex for region in _PLACED.values() for vertex in region)
MIRROR = {
    _name(region, i + 1): _name(partner, place)
    for region, (partner, places) in _FLIPPED.items()
    for i, place in enumerate(places)
}
