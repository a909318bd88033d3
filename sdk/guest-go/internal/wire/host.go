package wire

// Absent is what a read returns for a value that does not exist.
const Absent = -1

// Host stands in for the imports where there are none: in go test. Functions
// are called by their names in bothost_v1.
type Host interface {
	// Pull is a call of a read function: key is its argument before the buffer,
	// empty if there is none, and n the number that history takes.
	Pull(name, key string, n int, buf []byte) int
	// Push is a call of a function with an effect: a and b are its one or two
	// texts, and n the number that some take: log's level, timer_set's delay.
	Push(name, a, b string, n int64)
	// ReplyFile and FileRead are the functions reply_file and file_read.
	ReplyFile(name, mime string, content []byte)
	FileRead(index int, offset int64, buf []byte) int
	// Now is the function now.
	Now() int64
	// Random is the function random.
	Random(buf []byte)
}

// host and exports are what is installed in place of a real host and of the
// module's exports. A guest has one thread; so has a test's instance.
var (
	host    Host
	exports map[string]func() int32
)

// Install makes h the host of this process until the next call. It has no
// effect on wasip1.
func Install(h Host) { host = h }

// Export makes f what a host would find under name in a built module. It is
// used where modules are not built: on wasip1, exports are compiler directives.
func Export(name string, f func() int32) {
	if exports == nil {
		exports = make(map[string]func() int32)
	}
	exports[name] = f
}

// Exports returns what was given to [Export]. The map must not be changed.
func Exports() map[string]func() int32 { return exports }
