package paths

const (
	// kindAndWay are the bits of an ioctl's number that tell whose it is and whether it takes or gives a struct.
	kindAndWay = 0xc000ff00
	takes      = 1 << 30 // _IOW
	whole      = 0xffffffff
	numbered   = kindAndWay | 0xff
)

// modifying are the ioctls that change a file, or a directory's entries, through a descriptor that is open for reading, and the
// one that makes a userfaultfd: masks and what they are to leave of the number. There are so few good ones among those of a
// file system that take a struct that the common ones are refused as a whole; those of btrfs have the numbers of clones in between.
var modifying = []struct{ mask, request uint32 }{
	{kindAndWay, takes | 'f'<<8}, // FS_IOC_SETFLAGS, FS_IOC_ENABLE_VERITY, EXT4_IOC_SETVERSION
	{kindAndWay, takes | 'v'<<8}, // FS_IOC_SETVERSION
	{kindAndWay, takes | 'X'<<8}, // FS_IOC_FSSETXATTR
	{kindAndWay, takes | 0xf5<<8},
	{whole, 0x800c6613},             // FS_IOC_SET_ENCRYPTION_POLICY
	{whole, 0x6609},                 // EXT4_IOC_MIGRATE
	{whole, 0xaa00},                 // USERFAULTFD_IOC_NEW
	{numbered, takes | 0x94<<8 | 1}, // BTRFS_IOC_SNAP_CREATE
	{numbered, takes | 0x94<<8 | 2}, // DEFRAG
	{numbered, takes | 0x94<<8 | 14},
	{numbered, takes | 0x94<<8 | 15},
	{numbered, takes | 0x94<<8 | 23},
	{numbered, takes | 0x94<<8 | 24},
	{numbered, takes | 0x94<<8 | 26}, // SUBVOL_SETFLAGS
	{numbered, takes | 0x94<<8 | 50}, // FS_IOC_SETFSLABEL
	{numbered, takes | 0x94<<8 | 63}, // SNAP_DESTROY_V2
}
