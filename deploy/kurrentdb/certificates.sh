#!/bin/bash
# Run once, in the vendor's es-gencert-cli image: one authority, and a certificate for each of the three nodes. Does
# nothing where there is an authority already. Its key stays in a volume that no other container mounts.
set -eu
[ ! -e /authority/ca.key ] || exit 0
es-gencert-cli create-ca -out /authority
for node in 1 2 3; do
  es-gencert-cli create-node -ca-certificate /authority/ca.crt -ca-key /authority/ca.key -out "/node$node" \
    -ip-addresses "127.0.0.1,172.30.240.1$node" -dns-names "kurrentdb$node,localhost"
  chmod 0400 "/node$node/node.key"
  # 1000: the user of the KurrentDB image.
  chown -R 1000:1000 "/node$node"
done
cp /authority/ca.crt /trusted/ca.crt
chmod 0444 /trusted/ca.crt
