"""The generative factors of the rendered faces: names, ranges, meanings and sampling.

The fourteen factors of the demo follow paper_spec.md 3.1.4 and were chosen because each changes
many pixels. The six details of a face and the two extra numbers of a lighting vary only in the
illumination dataset.
"""

from dataclasses import dataclass

__all__ = [
    "DETAILS",
    "FACTORS",
    "IDENTITY",
    "NEUTRAL",
    "SIGNED",
    "Factor",
    "mirrored",
    "sample_details",
    "sample_factors",
]


@dataclass(frozen=True)
class Factor:
    """One generative factor: its name, range, neutral value and meaning.

    `signed` tells that the factor names a side: a left-right flip of the picture changes its sign.
    """

    name: str
    low: float
    high: float
    neutral: float
    meaning: str
    signed: bool = False


FACTORS = (
    Factor(
        "age", 0.0, 1.0, 0.15, "young (0) to old (1): sagging, wrinkles and bags under the eyes"
    ),
    Factor("gender", 0.0, 1.0, 0.5, "female (0) to male (1) shape of the skull"),
    Factor("weight", -1.0, 1.0, 0.0, "thin (-1) to fat (1) cheeks and neck"),
    Factor("face_width", -1.0, 1.0, 0.0, "narrow (-1) to wide (1) head"),
    Factor("jaw", -1.0, 1.0, 0.0, "small (-1) to large (1) chin and jaw"),
    Factor("skin_tone", 0.0, 1.0, 0.4, "light (0) to dark (1) skin"),
    Factor("hair_length", 0.0, 1.0, 0.25, "cropped (0) to long, over the shoulders (1)"),
    Factor("hair_dark", 0.0, 1.0, 0.6, "fair (0) to black (1) hair, brows and beard"),
    Factor("fringe", 0.0, 1.0, 0.35, "high hairline (0) to hair down to the brows (1)"),
    Factor("beard", 0.0, 1.0, 0.0, "shaven (0) to full beard (1)"),
    Factor("glasses", 0.0, 1.0, 0.0, "without (0) or with (1) glasses, nothing between"),
    Factor(
        "yaw", -12.5, 12.5, 0.0, "turn of the head to the picture's left or right, degrees", True
    ),
    Factor("pitch", -6.0, 6.0, 0.0, "nod of the head up (-) or down (+), degrees"),
    Factor("light_az", -50.0, 50.0, 10.0, "light from the picture's left or right, degrees", True),
)

DETAILS = (
    Factor("eye_size", -1.0, 1.0, 0.0, "small (-1) to large (1) eyes"),
    Factor("eye_spacing", -1.0, 1.0, 0.0, "eyes close together (-1) or far apart (1)"),
    Factor("brow_height", -1.0, 1.0, 0.0, "low (-1) to high (1) eyebrows"),
    Factor("nose_width", -1.0, 1.0, 0.0, "narrow (-1) to wide (1) nose"),
    Factor("nose_length", -1.0, 1.0, 0.0, "short (-1) to long (1) nose"),
    Factor("lip_fullness", -1.0, 1.0, 0.0, "thin (-1) to full (1) lips"),
)

SIGNED = tuple(factor.name for factor in FACTORS if factor.signed)
IDENTITY = tuple(f.name for f in FACTORS if f.name not in ("yaw", "pitch", "light_az"))
NEUTRAL = {factor.name: factor.neutral for factor in (*FACTORS, *DETAILS)}

_GLASSES_SHARE = 0.25
_BEARD_FROM = -1.2  # negative draws mean a shaven face: 6 faces in 11
_AGE_POWER = 1.2  # a few more young faces than old ones


def sample_factors(rng):
    """Draw the fourteen factors of one face, each independent of the others.

    All are uniform over their range except `gender` (near the two ends), `age` (leaning to
    young), `beard` (none in 55 % of the faces) and `glasses` (25 %).

    Parameters
    ----------
    rng : numpy.random.Generator

    Returns
    -------
    dict of str to float
        In the order of `FACTORS`.
    """
    values = {f.name: float(rng.uniform(f.low, f.high)) for f in FACTORS}
    towards = 1.0 if rng.random() < 0.5 else -1.0
    values["gender"] = float(0.5 + 0.5 * towards * rng.beta(3.0, 1.0))
    values["age"] = float(values["age"] ** _AGE_POWER)
    values["beard"] = float(max(0.0, rng.uniform(_BEARD_FROM, 1.0)))
    values["glasses"] = float(rng.random() < _GLASSES_SHARE)
    return values


def sample_details(rng):
    """Draw the six details of a face, uniform over their ranges."""
    return {f.name: float(rng.uniform(f.low, f.high)) for f in DETAILS}


def mirrored(factors):
    """Return the factors of the face after a left-right flip of its picture."""
    return {name: -value if name in SIGNED else value for name, value in factors.items()}
