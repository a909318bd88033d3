package admin

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
)

// fileName is where a host announces itself, in its data folder.
const fileName = "host.json"

// announcement is what the file says.
type announcement struct {
	Version int    `json:"version"`
	Addr    string `json:"addr"`
	Secret  string `json:"secret"`
	Process int    `json:"process"`
}

const (
	announceVersion = 1
	maxAnnouncement = 4 << 10
	secretBytes     = 32
)

var (
	// ErrNoHost: no host can be asked about a folder: none has announced itself, or
	// the one that did has ended.
	ErrNoHost = errors.New("admin: no host to ask")
	// ErrAddress: a host cannot be asked at an address that is not on loopback.
	ErrAddress = errors.New("admin: the host does not listen on a loopback address")
)

// Announce lets [Remote] find the host that listens on addr, an address and port,
// and holds the lock of the data folder dir. It returns the secret for [Handler],
// and what ends the announcement. Of a host that listens on all addresses, the
// loopback one is announced.
//
// # Errors
//
// [ErrAddress], or the file system's.
func Announce(dir, addr string) (secret string, remove func(), err error) {
	at, err := loopbackAddr(addr)
	if err != nil {
		return "", nil, err
	}
	raw := make([]byte, secretBytes)
	rand.Read(raw) // never fails
	a := announcement{
		Version: announceVersion, Addr: at.String(), Secret: hex.EncodeToString(raw),
		Process: os.Getpid(),
	}
	text, err := json.Marshal(a)
	if err != nil {
		return "", nil, err
	}
	if err := replaceFile(dir, append(text, '\n')); err != nil {
		return "", nil, fmt.Errorf("announce in %s: %w", dir, err)
	}
	return a.Secret, func() { a.remove(dir) }, nil
}

func loopbackAddr(addr string) (netip.AddrPort, error) {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return at, fmt.Errorf("%w: %v", ErrAddress, err)
	}
	ip := at.Addr().Unmap()
	if ip.IsUnspecified() {
		ip = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	if !ip.IsLoopback() || at.Port() == 0 {
		return at, fmt.Errorf("%w: %s", ErrAddress, addr)
	}
	return netip.AddrPortFrom(ip, at.Port()), nil
}

// replaceFile puts the file in its place in one step. Nobody but the user can
// read it, at no time.
func replaceFile(dir string, data []byte) error {
	file, err := os.CreateTemp(dir, ".host-*.json") // has mode 0600
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), filepath.Join(dir, fileName))
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// remove ends the announcement, if it is still this one. A file that stays is
// found to be stale by whoever reads it.
func (a announcement) remove(dir string) {
	now, err := readAnnouncement(dir)
	if err == nil && now.Secret == a.Secret {
		_ = os.Remove(filepath.Join(dir, fileName))
	}
}

func readAnnouncement(dir string) (a announcement, err error) {
	path := filepath.Join(dir, fileName)
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return a, fmt.Errorf("%w: none has announced itself in %s", ErrNoHost, dir)
	}
	if err != nil {
		return a, err
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxAnnouncement))
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return a, fmt.Errorf("%s: %w", path, err)
	}
	if err := a.check(); err != nil {
		return a, fmt.Errorf("%s: %w", path, err)
	}
	return a, nil
}

// check makes sure that the secret is sent to nobody but this machine.
func (a announcement) check() error {
	if a.Version != announceVersion {
		return fmt.Errorf("has version %d, this program reads %d", a.Version, announceVersion)
	}
	at, err := netip.ParseAddrPort(a.Addr)
	if err != nil || !at.Addr().Unmap().IsLoopback() {
		return fmt.Errorf("%w: %q", ErrAddress, a.Addr)
	}
	if raw, err := hex.DecodeString(a.Secret); err != nil || len(raw) != secretBytes {
		return errors.New("holds no secret")
	}
	return nil
}
