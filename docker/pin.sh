#!/usr/bin/env bash
# Asks the registries which digests the tags of compose.yaml have now. docker/pin.sh > docker/.env takes those images.
set -euo pipefail
cd "$(dirname "$0")"
grep -oE '[$][{][A-Z]+_IMAGE:-[^}]+' compose.yaml | tr -d '${' | while IFS=: read -r variable image; do
    image=${image#-}
    image=${image%@*}
    digest=$(docker buildx imagetools inspect "$image" --format '{{.Manifest.Digest}}')
    echo "$variable=$image@$digest"
done
