package guesttest

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"
)

// startTime is how long a process may take until it answers.
const startTime = time.Minute

// keptWords is how much of the end of an instance's stderr is kept, in bytes.
const keptWords = 4 << 10

// process is an instance of the bot: this program once more.
type process struct {
	command  *exec.Cmd
	stdin    io.WriteCloser
	stdout   *bufio.Reader
	requests *json.Encoder
	results  *json.Decoder
	stderr   tail
	ended    bool
}

// openProcess starts a process and waits until it can serve.
func openProcess() (*process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{command: exec.Command(program)}
	p.command.Env = append(os.Environ(), variable+"=1", raceOptions())
	p.command.Stderr = &p.stderr
	if p.stdin, err = p.command.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.stdout = bufio.NewReader(stdout)
	p.requests, p.results = json.NewEncoder(p.stdin), json.NewDecoder(p.stdout)
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	if err := p.within(startTime, p.awaitReady); err != nil {
		return nil, fmt.Errorf("start an instance: %w", err)
	}
	return p, nil
}

// raceOptions keeps a process built with -race from sleeping for a second before
// it ends.
func raceOptions() string {
	return "GORACE=" + strings.TrimSpace(os.Getenv("GORACE")+" atexit_sleep_ms=0")
}

// awaitReady reads past what the program prints before it serves.
func (p *process) awaitReady() error {
	for {
		line, err := p.stdout.ReadString('\n')
		if err != nil {
			return err
		}
		if strings.TrimSpace(line) == ready {
			return nil
		}
	}
}

// run runs a turn in the process. If the process does not survive it, the turn
// has failed.
func (p *process) run(q *request) *result {
	r := new(result)
	err := p.within(q.Limits.TurnTime, func() error {
		q.pack()
		if err := p.requests.Encode(q); err != nil {
			return err
		}
		return p.results.Decode(r)
	})
	if err != nil {
		return q.lost(err)
	}
	return r
}

// within runs talk, and kills the process if that takes longer than limit, or
// fails. The process has ended when an error is returned.
func (p *process) within(limit time.Duration, talk func() error) error {
	var late atomic.Bool
	timer := time.AfterFunc(limit, func() {
		late.Store(true)
		p.command.Process.Kill()
	})
	defer timer.Stop()
	err := talk()
	if err == nil && !late.Load() {
		return nil
	}
	end := p.close()
	if late.Load() {
		return fmt.Errorf("it took longer than %v", limit)
	}
	return fmt.Errorf("the instance ended: %v\n%s", errors.Join(end, err), p.stderr.text())
}

// close ends the process and waits for it. It returns how the process ended.
func (p *process) close() error {
	if p.ended {
		return nil
	}
	p.ended = true
	p.stdin.Close()
	return p.command.Wait()
}

// tail keeps the end of what is written to it. It is written to by one goroutine
// and read when that has ended.
type tail struct{ kept []byte }

// Write implements [io.Writer].
func (t *tail) Write(b []byte) (int, error) {
	t.kept = append(t.kept, b...)
	t.kept = t.kept[max(0, len(t.kept)-keptWords):]
	return len(b), nil
}

func (t *tail) text() string { return strings.TrimSpace(string(t.kept)) }
