#!/usr/bin/env bash
# Process 1 of a node's namespaces: makes its network and its own places for what the machine's programs keep at fixed paths, says `ready`, and
# waits for end of file. It has to be bash: whatever loses its parent in here becomes a child of process 1, and bash takes in those that end.
set -eu
directory=$1

# Where containerd, the CNI plug-ins and the kubelet write without asking: /run/containerd, /run/netns, /var/lib/cni, /var/lib/kubelet, /var/log.
mount -t tmpfs tmpfs /run
for place in /var/lib /var/log; do
  own="$directory/overlay$place"
  mkdir -p "$own/upper" "$own/work"
  mount -t overlay overlay -o "lowerdir=$place,upperdir=$own/upper,workdir=$own/work" "$place"
done
# The kubelet sets these for the whole machine. It reads back what it has written, and the kernel goes on as before.
for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  own="$directory/sysctl/$setting"
  mkdir -p "$(dirname "$own")"
  cat "/proc/sys/$setting" >"$own"
  mount --bind "$own" "/proc/sys/$setting"
done

ip link set lo up
# A bridge without a port has no carrier, and the `dummy` kind of link is missing on some kernels.
ip link add circle type bridge
ip link add circle-in type veth peer name circle-out
ip link set circle-out master circle
for link in circle-in circle-out circle; do ip link set "$link" up; done
ip address add 10.200.0.1/24 dev circle
ip route add default dev circle
echo 1 >/proc/sys/net/ipv4/ip_forward
# Pods are told that the API server is at the first address of the service range; nothing else does kube-proxy's work here.
for chain in PREROUTING OUTPUT; do
  iptables -t nat -A "$chain" -d 10.96.0.1 -p tcp --dport 443 -j DNAT --to-destination 10.200.0.1:6443
done

echo ready
while read -r _; do :; done
