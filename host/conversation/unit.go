package conversation

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// maxWait is the longest time that passes at once.
const maxWait = 10 * 365 * 24 * time.Hour

// unit is a unit of time: its word, and how else it is written.
type unit struct {
	size time.Duration
	word string
	also []string
}

// units are from the largest one to the smallest.
var units = []unit{
	{24 * time.Hour, "day", []string{"d"}},
	{time.Hour, "hour", []string{"h"}},
	{time.Minute, "minute", []string{"min", "m"}},
	{time.Second, "second", []string{"sec", "s"}},
	{time.Millisecond, "ms", []string{"millisecond"}},
}

var errTime = errors.New("a time is such as 5 minutes, 1 hour 30 minutes, 300 ms, 2 days: " +
	errEscape.Error())

// amount is a number and a unit.
var amount = regexp.MustCompile(`^([0-9]{1,12}(?:\.[0-9]{1,9})?) ?([a-z]+) *`)

func parseTime(s string) (d time.Duration, err error) {
	for s != "" {
		m := amount.FindStringSubmatch(s)
		if m == nil {
			return 0, errTime
		}
		size, ok := unitSize(m[2])
		n, err := strconv.ParseFloat(m[1], 64)
		if !ok || err != nil {
			return 0, errTime
		}
		part := math.Round(n * float64(size/time.Millisecond))
		if part > float64(maxWait/time.Millisecond) {
			return 0, errors.New("at most ten years pass at once")
		}
		if d += time.Duration(part) * time.Millisecond; d > maxWait {
			return 0, errors.New("at most ten years pass at once")
		}
		s = s[len(m[0]):]
	}
	if d <= 0 {
		return 0, errTime
	}
	return d, nil
}

func unitSize(name string) (time.Duration, bool) {
	for _, u := range units {
		if name == u.word || name == u.word+"s" && u.word != "ms" {
			return u.size, true
		}
		for _, also := range u.also {
			if name == also || len(also) > 3 && name == also+"s" {
				return u.size, true
			}
		}
	}
	return 0, false
}

func appendTime(b []byte, d time.Duration) []byte {
	for _, u := range units {
		n := d / u.size
		if d -= n * u.size; n == 0 {
			continue
		}
		b = fmt.Appendf(b, " %d %s", n, u.word)
		if n > 1 && u.word != "ms" {
			b = append(b, 's')
		}
	}
	return b
}

// sizes are units of bytes, of which the first one that fits is written.
var sizes = []struct {
	word string
	size int64
}{
	{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3},
	{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1},
}

// parseSize reads a number of bytes.
func parseSize(s string) (int64, error) {
	digits, size := s, int64(1)
	for _, u := range sizes {
		if rest, ok := strings.CutSuffix(s, u.word); ok {
			digits, size = strings.TrimRight(rest, " "), u.size
			break
		}
	}
	n, err := strconv.ParseUint(digits, 10, 63)
	if err != nil || int64(n) > math.MaxInt64/size {
		return 0, errors.New("a size is a number of bytes, or such as 12kB, 3MB, 4KiB")
	}
	return int64(n) * size, nil
}

func appendSize(b []byte, n int64) []byte {
	for _, u := range sizes[:len(sizes)-1] {
		if n != 0 && n%u.size == 0 {
			return append(strconv.AppendInt(b, n/u.size, 10), u.word...)
		}
	}
	return strconv.AppendInt(b, n, 10)
}
