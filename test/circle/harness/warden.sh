#!/usr/bin/env bash
# warden.sh loopback|namespace|clear DIRECTORY: stays beside one run of a test and clears away what it leaves, whether it ends, fails or is killed.
# The test holds the other end of stdin and nothing else does: end of file means that it is gone.
#
# For a whole node, everything runs in namespaces of its own, and the kernel does the clearing: when process 1 of a PID namespace ends, all
# processes in it are killed, shims and containers that have left their parents too; with the last of them go the mount and the network namespace,
# and so every mount, bridge and `cni-*` namespace. None of them has a name on the machine.
# No mount of a pod is seen out here, so `rm -rf` cannot walk through a hostPath volume. What remains is the directory, and the control groups.
set -u
trap '' TERM INT HUP
kind=$1 directory=$2

clear_away() {
  local bundle root
  # Groups of containers that were killed stay behind, all under the one name that containerd has for the kubelet's containers.
  for bundle in "$directory"/containerd-state/io.containerd.runtime.v2.task/k8s.io/*/; do
    for root in /sys/fs/cgroup /sys/fs/cgroup/*; do
      remove_group "$root/k8s.io/$(basename "$bundle")"
    done
  done
  for root in /sys/fs/cgroup /sys/fs/cgroup/*; do rmdir "$root/k8s.io" 2>/dev/null; done
  rm -rf "$directory"
}

# Children first. The last process may have ended this very moment, and the kernel still be busy with it.
remove_group() {
  local attempt
  for attempt in 1 2 3 4 5; do
    if [ ! -d "$1" ]; then return; fi
    find "$1" -depth -type d -exec rmdir {} + 2>/dev/null && return
    sleep 0.1
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
