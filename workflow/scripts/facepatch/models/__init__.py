"""The models whose units are set against neurons: networks, components, controls."""
