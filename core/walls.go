package core

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
	"gosandbox/internal/sys"
)

// Port stays open in TCP walls.
type Port struct {
	Number uint16
	Walls  Wall // WallTcpBind, WallTcpConnect
}

const (
	tcpWalls = WallTcpBind | WallTcpConnect
	allWalls = tcpWalls | WallAbstract | WallSignals
	// MaxPorts bounds Config.Ports.
	MaxPorts = 256
)

// Check tells what is wrong with walls.
func (w Wall) Check() error {
	if w&^allWalls != 0 {
		return invalid("unknown walls %#x", uint32(w&^allWalls))
	}
	return nil
}

// Check tells what is wrong with a port.
func (p Port) Check() error {
	if p.Walls == 0 || p.Walls&^tcpWalls != 0 {
		return invalid("port %d is to be open in walls %#x: TCP_BIND and TCP_CONNECT have ports", p.Number, uint32(p.Walls))
	}
	return nil
}

func (c *Config) checkWalls() error {
	if err := c.Walls.Check(); err != nil {
		return err
	}
	if len(c.Ports) > MaxPorts {
		return invalid("more than %d open ports", MaxPorts)
	}
	for _, p := range c.Ports {
		if err := p.Check(); err != nil {
			return err
		}
	}
	return nil
}

// walled tells whether this machine gives the walls that are asked for.
func (c *Config) walled() error {
	if c.Walls == 0 {
		return nil
	}
	if c.Walls&tcpWalls != 0 {
		if err := Supports(FeatureLandlockTcp); err != nil {
			return err
		}
	}
	if c.Walls&^tcpWalls != 0 {
		if err := Supports(FeatureLandlockScope); err != nil {
			return err
		}
	}
	if c.Walls != WallSignals && len(c.pathRules()) > 0 {
		// What serves the rules binds and connects for the program, and stands in no domain.
		return &Error{Code: CodeEUNSUPPORTED, Index: -1,
			Message: "walls for sockets together with path rules: this version enforces one or the other; use the isolation NET with path rules"}
	}
	return nil
}

// behind tells whether Landlock has a version of its interface.
func behind(f Feature, version int, remedy string) error {
	has, err := sys.LandlockVersion()
	if err != nil {
		return Supports(FeatureLandlock)
	}
	return olderLandlock(f, has, version, remedy)
}

func olderLandlock(f Feature, has, version int, remedy string) error {
	if has >= version {
		return nil
	}
	return missing(f, unix.EOPNOTSUPP, remedy)
}

func (c *Config) walls() (w sys.LandlockWalls) {
	if c.Walls&WallTcpBind != 0 {
		w.Net |= unix.LANDLOCK_ACCESS_NET_BIND_TCP
	}
	if c.Walls&WallTcpConnect != 0 {
		w.Net |= unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	}
	w.Abstract = c.Walls&WallAbstract != 0
	return w
}

// openPorts lets the ports through that a ruleset is to leave open.
func (c *Config) openPorts(ruleset int) error {
	for _, p := range c.Ports {
		open := Config{Walls: p.Walls & c.Walls}
		if access := open.walls().Net; access != 0 {
			if err := sys.AddLandlockPort(ruleset, p.Number, access); err != nil {
				return err
			}
		}
	}
	return nil
}

// tcpWalled are rules for what Landlock's walls for TCP do not see: connections of another protocol's socket, that a first datagram makes, that
// come to a socket which was never bound, and calls through a ring, which no filter sees.
func (k filterKey) tcpWalled() (rules []seccomp.Rule) {
	if k.tcp == 0 {
		return nil
	}
	const multipath, smc, smcProtocol, fastOpen = 262, 43, 256, 0x20000000 // IPPROTO_MPTCP, AF_SMC, IPPROTO_SMC, MSG_FASTOPEN
	for _, name := range socketCalls {
		rules = append(rules, refused(name, unix.EPROTONOSUPPORT, seccomp.Cmp{Arg: 2, Op: seccomp.EQ32, A: multipath}),
			refused(name, unix.EPROTONOSUPPORT, seccomp.Cmp{Arg: 2, Op: seccomp.EQ32, A: smcProtocol}),
			refused(name, unix.EAFNOSUPPORT, seccomp.Cmp{Arg: 0, Op: seccomp.EQ32, A: smc}))
	}
	// A layer above TCP can be SMC as well; ENOENT is what a kernel says that has none of that name.
	rules = append(rules, refused("setsockopt", unix.ENOENT, seccomp.Cmp{Arg: 1, Op: seccomp.EQ32, A: unix.IPPROTO_TCP},
		seccomp.Cmp{Arg: 2, Op: seccomp.EQ32, A: unix.TCP_ULP}))
	rules = append(rules, refused("io_uring_setup", unix.ENOSYS))
	if k.tcp&WallTcpConnect != 0 {
		for _, call := range []struct {
			name  string
			flags uint32
		}{{"sendto", 3}, {"sendmsg", 2}, {"sendmmsg", 3}} {
			rules = append(rules, refused(call.name, unix.EACCES, seccomp.Cmp{Arg: call.flags, Op: seccomp.MaskedEQ32, A: fastOpen, B: fastOpen}))
		}
	}
	if k.tcp&WallTcpBind != 0 && !k.anyPort {
		rules = append(rules, refused("listen", unix.EACCES))
	}
	return rules
}
