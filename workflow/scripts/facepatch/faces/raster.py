"""Compiled inner loops of the renderer: z-buffer, interpolation, normals, shadows, noise.

Everything is float64 and free of fast-math, and sums run in a fixed order, so that pictures are
the same on every machine once they are rounded to 8 bits.
"""

import numba
import numpy as np

__all__ = ["interpolate", "rasterize", "shadow_lookup", "value_noise", "vertex_normals"]

_EDGE = -1e-6  # a pixel on the edge of two triangles must not fall between them


@numba.njit(cache=True)
def rasterize(points, triangles, height, width):
    """Find the nearest triangle under every pixel.

    Parameters
    ----------
    points : array of shape (n_points, 3)
        Column and row of each vertex in pixels (pixel centres are whole numbers) and its depth;
        larger is nearer.
    triangles : int array of shape (n_triangles, 3)
    height, width : int

    Returns
    -------
    triangle : int32 array of shape (height, width)
        Index of the visible triangle, -1 where there is none.
    weights : array of shape (height, width, 2)
        Barycentric weights of the triangle's first two corners.
    depth : array of shape (height, width)
        Depth of the visible point, -1e9 where there is none.
    """
    triangle = np.full((height, width), np.int32(-1))
    weights = np.zeros((height, width, 2))
    depth = np.full((height, width), -1e9)
    for t in range(triangles.shape[0]):
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        x0, y0 = points[i, 0], points[i, 1]
        x1, y1 = points[j, 0], points[j, 1]
        x2, y2 = points[k, 0], points[k, 1]
        area = (y1 - y2) * (x0 - x2) + (x2 - x1) * (y0 - y2)
        if area == 0.0:
            continue
        inverse = 1.0 / area
        left = max(0, int(np.ceil(min(x0, x1, x2))))
        right = min(width - 1, int(np.floor(max(x0, x1, x2))))
        top = max(0, int(np.ceil(min(y0, y1, y2))))
        bottom = min(height - 1, int(np.floor(max(y0, y1, y2))))
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                a = ((y1 - y2) * (x - x2) + (x2 - x1) * (y - y2)) * inverse
                b = ((y2 - y0) * (x - x2) + (x0 - x2) * (y - y2)) * inverse
                c = 1.0 - a - b
                if a < _EDGE or b < _EDGE or c < _EDGE:
                    continue
                z = a * points[i, 2] + b * points[j, 2] + c * points[k, 2]
                if z > depth[y, x]:
                    depth[y, x] = z
                    triangle[y, x] = t
                    weights[y, x, 0] = a
                    weights[y, x, 1] = b
    return triangle, weights, depth


@numba.njit(cache=True)
def interpolate(triangle, weights, triangles, values):
    """Interpolate values of vertices at the covered pixels, row by row.

    Parameters
    ----------
    triangle, weights
        As `rasterize` returns them.
    triangles : int array of shape (n_triangles, 3)
    values : array of shape (n_points, n_values)

    Returns
    -------
    array of shape (n_values, n_covered)
    """
    height, width = triangle.shape
    covered = 0
    for y in range(height):
        for x in range(width):
            covered += triangle[y, x] >= 0
    out = np.empty((values.shape[1], covered))
    pixel = 0
    for y in range(height):
        for x in range(width):
            t = triangle[y, x]
            if t < 0:
                continue
            i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
            a, b = weights[y, x, 0], weights[y, x, 1]
            for v in range(values.shape[1]):
                out[v, pixel] = a * values[i, v] + b * values[j, v] + (1.0 - a - b) * values[k, v]
            pixel += 1
    return out


@numba.njit(cache=True)
def vertex_normals(points, triangles):
    """Return the unit normals of vertices: area-weighted means over their triangles, (n, 3)."""
    normals = np.zeros_like(points)
    for t in range(triangles.shape[0]):
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay, az = (
            points[j, 0] - points[i, 0],
            points[j, 1] - points[i, 1],
            points[j, 2] - points[i, 2],
        )
        bx, by, bz = (
            points[k, 0] - points[i, 0],
            points[k, 1] - points[i, 1],
            points[k, 2] - points[i, 2],
        )
        nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
        for corner in (i, j, k):
            normals[corner, 0] += nx
            normals[corner, 1] += ny
            normals[corner, 2] += nz
    for i in range(normals.shape[0]):
        x, y, z = normals[i, 0], normals[i, 1], normals[i, 2]
        length = np.sqrt(x * x + y * y + z * z) + 1e-12
        normals[i, 0] = x / length
        normals[i, 1] = y / length
        normals[i, 2] = z / length
    return normals


@numba.njit(cache=True)
def shadow_lookup(depth_map, columns, rows, depth, bias, softness):
    """Return the share of light that reaches points, given the depth map seen from the light.

    Parameters
    ----------
    depth_map : array of shape (size, size)
        Depth towards the light of the nearest surface, as from `rasterize`.
    columns, rows, depth : arrays of shape (n_points,)
        The points in the depth map's pixels, and their own depth.
    bias, softness : float
        A point is lit if less than `bias` lies before it, dark from `bias + softness` on.

    Returns
    -------
    array of shape (n_points,)
        Mean over 3 x 3 neighbouring map pixels, between 0 (shadow) and 1 (lit).
    """
    size = depth_map.shape[0]
    lit = np.empty(depth.shape[0])
    for p in range(depth.shape[0]):
        total = 0.0
        for dy in (-0.8, 0.0, 0.8):
            y = min(max(int(np.floor(rows[p] + dy + 0.5)), 0), size - 1)
            for dx in (-0.8, 0.0, 0.8):
                x = min(max(int(np.floor(columns[p] + dx + 0.5)), 0), size - 1)
                t = 1.0 - (depth_map[y, x] - depth[p] - bias) / softness
                t = min(max(t, 0.0), 1.0)
                total += t * t * (3.0 - 2.0 * t)
        lit[p] = total / 9.0
    return lit


@numba.njit(cache=True)
def value_noise(grid, x, y):
    """Interpolate a grid of random numbers bilinearly at points, wrapping around its edges.

    Parameters
    ----------
    grid : array of shape (n_rows, n_columns)
    x, y : arrays of shape (n_points,)
        Column and row, in cells of the grid.

    Returns
    -------
    array of shape (n_points,)
    """
    n_rows, n_columns = grid.shape
    out = np.empty(x.shape[0])
    for p in range(x.shape[0]):
        column, row = np.floor(x[p]), np.floor(y[p])
        u, v = x[p] - column, y[p] - row
        i, j = int(row) % n_rows, int(column) % n_columns
        below, beside = (i + 1) % n_rows, (j + 1) % n_columns
        upper = grid[i, j] * (1.0 - u) + grid[i, beside] * u
        lower = grid[below, j] * (1.0 - u) + grid[below, beside] * u
        out[p] = upper * (1.0 - v) + lower * v
    return out
