package core

import (
	"golang.org/x/sys/unix"

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
	maxPorts = 256
)

func (c *Config) checkWalls() error {
	if c.Walls&^allWalls != 0 {
		return invalid("unknown walls %#x", uint32(c.Walls&^allWalls))
	}
	if len(c.Ports) > maxPorts {
		return invalid("more than %d open ports", maxPorts)
	}
	for _, p := range c.Ports {
		if p.Walls == 0 || p.Walls&^tcpWalls != 0 {
			return invalid("port %d is to be open in walls %#x: TCP_BIND and TCP_CONNECT have ports", p.Number, uint32(p.Walls))
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
