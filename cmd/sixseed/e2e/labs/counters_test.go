package labs_test

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"sixseed/policy/family"
)

// sent reads how many bytes the kernel has sent from the host over each family, IP headers and what was sent again
// included. What leaves as one large packet, to be cut by the network card, counts as it is, with one header.
func (h *host) sent() (family.Pair[int64], error) {
	var netstat, snmp6 []byte
	err := h.do(func() error {
		var errs [2]error
		netstat, errs[0] = os.ReadFile("/proc/thread-self/net/netstat")
		snmp6, errs[1] = os.ReadFile("/proc/thread-self/net/snmp6")
		return errors.Join(errs[:]...)
	})
	if err != nil {
		return family.Pair[int64]{}, err
	}
	ipv4, err4 := outOctets(string(netstat))
	ipv6, err6 := out6Octets(string(snmp6))
	return family.Pair[int64]{V4: ipv4, V6: ipv6}, errors.Join(err4, err6)
}

// outOctets finds OutOctets of IpExt in the text of /proc/net/netstat: a line of names, and one of values.
func outOctets(netstat string) (int64, error) {
	_, after, _ := strings.Cut(netstat, "IpExt:")
	names, after, _ := strings.Cut(after, "\nIpExt:")
	values, _, _ := strings.Cut(after, "\n")
	all := strings.Fields(values)
	for i, name := range strings.Fields(names) {
		if name == "OutOctets" && i < len(all) {
			return strconv.ParseInt(all[i], 10, 64)
		}
	}
	return 0, fmt.Errorf("no OutOctets of IpExt")
}

// out6Octets finds Ip6OutOctets in the text of /proc/net/snmp6: a name and a value on each line.
func out6Octets(snmp6 string) (int64, error) {
	_, after, found := strings.Cut(snmp6, "Ip6OutOctets")
	value, _, _ := strings.Cut(after, "\n")
	if !found {
		return 0, fmt.Errorf("no Ip6OutOctets")
	}
	return strconv.ParseInt(strings.TrimSpace(value), 10, 64)
}
