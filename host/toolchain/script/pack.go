package script

import "encoding/binary"

// section is the custom section that the function asset of the contract reads, see
// abi/README.md.
const section = "bothost.asset"

// Pack returns the engine with an asset in it: a script, which may be followed by a
// zero byte and its source map. Any engine will do that has no asset yet.
func Pack(engine, asset []byte) []byte {
	body := binary.AppendUvarint(nil, uint64(len(section)))
	body = append(body, section...)
	size := len(body) + len(asset)

	module := make([]byte, 0, len(engine)+1+binary.MaxVarintLen32+size)
	module = append(module, engine...)
	module = append(module, 0) // the id of custom sections
	module = binary.AppendUvarint(module, uint64(size))
	module = append(module, body...)
	return append(module, asset...)
}
