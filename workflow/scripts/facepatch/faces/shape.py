"""From factors to the shape of the head: a weighted sum of morph targets."""

import numpy as np

from facepatch.faces.landmarks import VERTICES

__all__ = ["HeadShape"]

_ANCESTRIES = ("african", "asian", "caucasian")  # always averaged
_BUILDS = ("minweight", "averageweight", "maxweight")
_AGE_REACH = 1.25  # how far the oldest face goes beyond the asset's "old" target
_GENDER_REACH = 1.35  # likewise for "female" and "male"
_SIZE_KEPT = 0.15  # exponent: how much of a head's own size the picture shows
_WEIGHT_GAIN, _WIDTH_GAIN, _JAW_GAIN = 0.9, 0.75, 0.7


def _both_sides(*names):
    return tuple(f"{side}-{name}" for name in names for side in "lr")


def _expressions(*names):
    return tuple(f"fu-{name}{side}" for name in names for side in ("Left", "Right"))


# factor -> (gain, targets below zero, targets above zero)
_TWO_SIDED = {
    "weight": (
        _WEIGHT_GAIN,
        ("head-fat-decr", *_both_sides("cheek-volume-decr")),
        ("head-fat-incr", "neck-double-incr", *_both_sides("cheek-volume-incr")),
    ),
    "face_width": (_WIDTH_GAIN, ("head-scale-horiz-decr",), ("head-scale-horiz-incr",)),
    "jaw": (
        _JAW_GAIN,
        ("chin-width-decr", "chin-bones-decr", "chin-height-decr"),
        ("chin-width-incr", "chin-bones-incr", "chin-height-incr"),
    ),
    "eye_size": (
        0.9,
        _both_sides("eye-scale-decr", "eye-height2-decr"),
        _both_sides("eye-scale-incr", "eye-height2-incr"),
    ),
    "eye_spacing": (0.8, _both_sides("eye-trans-in"), _both_sides("eye-trans-out")),
    "brow_height": (
        0.9,
        ("eyebrows-trans-down", *_expressions("browDown")),
        ("eyebrows-trans-up", "fu-browInnerUp", *_expressions("browOuterUp")),
    ),
    "nose_width": (
        0.9,
        ("nose-scale-horiz-decr", "nose-nostrils-width-decr"),
        ("nose-scale-horiz-incr", "nose-nostrils-width-incr"),
    ),
    "nose_length": (
        0.5,
        ("nose-scale-vert-decr", "nose-point-up"),
        ("nose-scale-vert-incr", "nose-point-down"),
    ),
    "lip_fullness": (
        0.6,
        tuple(
            f"mouth-{lip}lip-{what}-decr"
            for lip in ("upper", "lower")
            for what in ("height", "volume")
        ),
        tuple(
            f"mouth-{lip}lip-{what}-incr"
            for lip in ("upper", "lower")
            for what in ("height", "volume")
        ),
    ),
}
_WRINKLES = {
    "head-age-incr": 0.7,
    "l-eye-bag-incr": 1.0,
    "r-eye-bag-incr": 1.0,
    "mouth-laugh-lines-in": 0.8,
}


class HeadShape:
    """Shapes the head by factors.

    Parameters
    ----------
    head : facepatch.faces.mesh.Head
    """

    def __init__(self, head):
        self._mean = head.mesh.vertices
        fields = {}
        for sex in ("female", "male"):
            for age in ("young", "old"):
                kinds = [head.target(f"{ancestry}-{sex}-{age}") for ancestry in _ANCESTRIES]
                fields[sex, age] = sum(kinds) / len(kinds)
                for build in _BUILDS:
                    name = f"universal-{sex}-{age}-averagemuscle-{build}"
                    fields[sex, age, build] = head.target(name)
        fields["wrinkles"] = sum(gain * head.target(name) for name, gain in _WRINKLES.items())
        for factor, (gain, below, above) in _TWO_SIDED.items():
            fields[factor, "below"] = gain * sum(head.target(name) for name in below)
            fields[factor, "above"] = gain * sum(head.target(name) for name in above)
        self._index = {key: i for i, key in enumerate(fields)}
        self._fields = np.stack([field.ravel() for field in fields.values()])

    def vertices(self, factors):
        """Return the head's vertices under `factors`, (n, 3), upright and facing the viewer.

        The head is moved and (nearly) scaled so that its landmarks keep the mean head's centre
        and size, as photographs of faces are aligned before they are shown.

        Parameters
        ----------
        factors : dict of str to float
            All but the details of `facepatch.faces.factors` must be there.
        """
        weights = np.zeros(len(self._index))
        for key, weight in self._weights(factors).items():
            weights[self._index[key]] = weight
        shaped = self._mean + (weights @ self._fields).reshape(-1, 3)
        return self._aligned(shaped)

    def _weights(self, factors):
        age = _AGE_REACH * factors["age"]
        male = 0.5 + _GENDER_REACH * (factors["gender"] - 0.5)
        heavy = factors["weight"]
        builds = {"averageweight": 1.0 - abs(heavy)}
        builds["maxweight" if heavy > 0 else "minweight"] = abs(heavy)
        weights = {"wrinkles": age}
        for sex, of_sex in (("female", 1.0 - male), ("male", male)):
            for years, of_age in (("young", 1.0 - age), ("old", age)):
                weights[sex, years] = of_sex * of_age
                for build, of_build in builds.items():
                    weights[sex, years, build] = of_sex * of_age * of_build
        for factor in _TWO_SIDED:
            value = factors.get(factor, 0.0)
            weights[factor, "above" if value > 0 else "below"] = abs(value)
        return weights

    def _aligned(self, vertices):
        centre, size = self._centre_and_size(vertices)
        mean_centre, mean_size = self._centre_and_size(self._mean)
        scale = (mean_size / size) ** (1.0 - _SIZE_KEPT)
        return (vertices - centre) * scale + mean_centre

    @staticmethod
    def _centre_and_size(vertices):
        points = vertices[list(VERTICES)]
        spread = points[:, :2] - points[:, :2].mean(axis=0)
        return points[17:].mean(axis=0), np.sqrt((spread**2).sum(axis=1).mean())
