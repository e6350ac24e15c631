"""The compiled loops of the face renderer against plain Python and scipy."""

import numpy as np
import pytest
from facepatch.faces.lighting import Light, ambient_occlusion, displayed, unshadowed
from facepatch.faces.raster import (
    interpolate,
    rasterize,
    shadow_lookup,
    value_noise,
    vertex_normals,
)
from scipy.ndimage import map_coordinates

SQUARE = np.array([[0, 1, 2], [0, 2, 3]], np.int32)


def square(low, high, z):
    return np.array([[low, low, z], [high, low, z], [high, high, z], [low, high, z]], float)


def test_rasterize_agrees_with_a_plain_transcription():
    rng = np.random.default_rng(3)
    points = rng.uniform(-2, 14, (15, 3))
    triangles = rng.permutation(15).reshape(5, 3).astype(np.int32)
    found, weights, depth = rasterize(points, triangles, 11, 12)
    for y in range(11):
        for x in range(12):
            best, nearest = -1, -1e9
            for t, corners in enumerate(triangles):
                system = np.vstack([points[corners, :2].T, np.ones(3)])
                shares = np.linalg.solve(system, [x, y, 1.0])
                if (shares >= 0).all() and shares @ points[corners, 2] > nearest:
                    best, nearest, expected = t, shares @ points[corners, 2], shares
            assert found[y, x] == best
            if best >= 0:
                assert depth[y, x] == pytest.approx(nearest)
                assert weights[y, x] == pytest.approx(expected[:2])
    assert (found >= 0).sum() > 20


def test_the_nearer_surface_wins_whatever_the_order():
    points = np.concatenate([square(1, 8, 0.0), square(3, 5, 1.0)])
    for triangles in (np.vstack([SQUARE, SQUARE + 4]), np.vstack([SQUARE + 4, SQUARE])):
        _, _, depth = rasterize(points, triangles.astype(np.int32), 10, 10)
        assert (depth[3:6, 3:6] == 1.0).all()
        assert (depth == 0.0).sum() == 8 * 8 - 3 * 3
        assert depth[0, 0] == -1e9


def test_interpolation_is_exact_for_linear_functions():
    points = square(0.3, 8.7, 2.0)
    values = np.column_stack([points[:, 0], 3.0 * points[:, 1] - points[:, 0] + 1.0])
    found, weights, _ = rasterize(points, SQUARE, 10, 10)
    rows, columns = np.nonzero(found >= 0)
    first, second = interpolate(found, weights, SQUARE, values)
    np.testing.assert_allclose(first, columns, atol=1e-12)
    np.testing.assert_allclose(second, 3.0 * rows - columns + 1.0, atol=1e-12)


def test_normals_of_a_tilted_plane():
    points = np.array([[0, 0, 0], [1, 0, 1], [1, 1, 1], [0, 1, 0]], float)
    expected = np.tile([-np.sqrt(0.5), 0, np.sqrt(0.5)], (4, 1))
    np.testing.assert_allclose(vertex_normals(points, SQUARE), expected, atol=1e-9)


def test_noise_agrees_with_scipy_and_wraps():
    grid = np.random.default_rng(0).random((6, 9))
    x = np.random.default_rng(1).uniform(-20, 30, 200)
    y = np.random.default_rng(2).uniform(-20, 30, 200)
    expected = map_coordinates(grid, [y, x], order=1, mode="grid-wrap")
    np.testing.assert_allclose(value_noise(grid, x, y), expected, atol=1e-9)


def test_shadow_lookup_known_answers():
    depth_map = np.full((9, 9), 1.0)
    place = np.full(3, 4.0)
    lit = shadow_lookup(depth_map, place, place, np.array([1.0, 0.85, 0.0]), 0.1, 0.1)
    np.testing.assert_allclose(lit, [1.0, 0.5, 0.0], atol=1e-9)


def test_a_roof_takes_the_light_from_above_but_not_from_the_side():
    points = np.concatenate([square(-1, 1, 0.0), square(-1, 1, 0.0)])[:, [0, 2, 1]]
    points[4:, 1] = 0.5
    points += [0.0, 7.0, 0.6]
    triangles = np.vstack([SQUARE, SQUARE + 4]).astype(np.int32)
    floor = np.array([[0.1, 7.0, 0.7], [-0.2, 7.0, 0.9]])
    assert unshadowed(points, triangles, floor, Light(0.0, elevation=89.0)) == pytest.approx(0.0)
    assert unshadowed(points, triangles, floor, Light(0.0, elevation=20.0)) == pytest.approx(1.0)


def test_occlusion_is_none_on_a_convex_body_and_strong_under_a_lid():
    octahedron = np.concatenate([np.eye(3), -np.eye(3)])
    sides = [(a, b, c) for a in (0, 3) for b in (1, 4) for c in (2, 5)]
    outward = [s if np.linalg.det(octahedron[list(s)]) > 0 else (s[0], s[2], s[1]) for s in sides]
    seen = ambient_occlusion(octahedron, np.array(outward, np.int32), 64, 120)
    np.testing.assert_allclose(seen, 1.0, atol=1e-3)

    floor, lid = square(-0.2, 0.2, 0.0), square(-2, 2, 0.3)
    covered = np.concatenate([floor, lid])
    seen = ambient_occlusion(covered, np.vstack([SQUARE, SQUARE + 4]).astype(np.int32), 64, 200)
    assert seen[:4].max() < 0.1
    assert seen[4:].min() > 0.9


def test_grey_values_keep_the_background_and_never_clip():
    linear = np.linspace(0.0, 1.0, 2001)
    grey = displayed(linear).astype(int)
    assert displayed(np.array([0.5**2.2]))[0] == 128
    assert (np.diff(grey) >= 0).all()
    assert grey.min() < 8
    assert grey.max() > 247
    near = displayed((0.5 + np.array([-0.02, 0.02])) ** 2.2).astype(int)
    assert np.diff(near)[0] / (0.04 * 255) == pytest.approx(2.0, abs=0.15)
