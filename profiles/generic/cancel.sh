#!/bin/sh
# Cancel jobs of Grid Engine.
# Usage: cancel.sh JOB...
exec qdel "$@"
