package guest

import "github.com/bothost/bothost/sdk/guest-go/internal/wire"

// ReplyFile replies with a file. Its name is for people, at most 128 bytes long and
// no path; mime is a MIME type such as text/plain, and those of images and audio
// make the reply one of [KindImage] or [KindAudio]. A file has at most 16 MiB, and
// all of a turn 64 MiB, unless the operator chose other limits. Another name, type or
// size ends the turn. The host copies content.
func (*Session) ReplyFile(name, mime string, content []byte) {
	wire.ReplyFile(name, mime, content)
}

// ReplyImage is [Session.ReplyFile] for an image, of the type that the end of its
// name says, such as .png.
func (s *Session) ReplyImage(name string, content []byte) {
	s.ReplyFile(name, "image/"+subtype(name), content)
}

// ReplyAudio is [Session.ReplyFile] for audio, of the type that the end of its name
// says, such as .wav.
func (s *Session) ReplyAudio(name string, content []byte) {
	s.ReplyFile(name, "audio/"+subtype(name), content)
}

// subtype returns the second half of a MIME type, by the end of a file's name.
func subtype(name string) string {
	end := ""
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '.' {
			end = lower(name[i+1:])
			break
		}
	}
	switch end {
	case "":
		return "x-unknown"
	case "jpg":
		return "jpeg"
	case "svg":
		return "svg+xml"
	case "mp3":
		return "mpeg"
	case "m4a":
		return "mp4"
	}
	return end
}

// lower returns ASCII letters in lower case, and leaves the rest.
func lower(text string) string {
	b := []byte(text)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
