#!/usr/bin/env bash
# warden.sh loopback|namespace DIRECTORY: stays beside one run of a test and clears away what it leaves, whether it ends, fails or is killed.
# The test holds the other end of stdin and nothing else does: end of file means that it is gone.
#
# For a whole node, everything runs in namespaces of its own, and the kernel does the clearing: when process 1 of a PID namespace ends, all
# processes in it are killed, shims and containers that have left their parents too; with the last of them go the mount and the network namespace,
# and so every mount, bridge and `cni-*` namespace. None of them has a name on the machine. What remains is the directory and the control groups.
# No mount of a pod is seen out here, so `rm -rf` cannot walk through a hostPath volume.
set -u
trap '' TERM INT HUP
kind=$1 directory=$2
name=$(basename "$directory")

clear_away() {
  rm -rf "$directory"
  # Groups of containers that were killed stay behind; children have to go before their parents.
  local root
  for root in /sys/fs/cgroup /sys/fs/cgroup/*/; do
    if [ -d "$root/$name" ]; then find "$root/$name" -depth -type d -exec rmdir {} + 2>/dev/null; fi
  done
}

case $kind in
  loopback)
    echo ready
    while read -r _; do :; done
    ;;
  namespace)
    unshare --net --mount --pid --fork --kill-child --mount-proc bash "${BASH_SOURCE%/*}/namespace.sh" "$directory"
    ;;
  clear) ;;
esac
clear_away
