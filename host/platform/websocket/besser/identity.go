package besser

import (
	"cmp"
	"net/http"

	"github.com/bothost/bothost/abi"
)

// MaxTitle is how many bytes a session's title has at most.
const MaxTitle = 128

// Identity is who a client says it is.
type Identity struct {
	// Session is what the client chose as its session's id; Bad says that it can be
	// none. It is empty if the client chose none.
	Session string
	Bad     bool
	// User is what the client calls its user, and Title what it calls the session;
	// empty if that can be no name.
	User, Title string
}

// IdentityOf reads what the versions of the frameworks send with the request that
// opens a connection. Headers beat the query. X-User-ID is a user's name, and where
// it is a header, as of the Streamlit page, also the id of the user's session. Ids
// have at most so many bytes.
func IdentityOf(r *http.Request, idBytes int) Identity {
	query := r.URL.Query()
	user := r.Header.Get("X-User-ID")
	who := Identity{
		Session: cmp.Or(r.Header.Get("X-Session-ID"), query.Get("session_id"), user),
		User:    cmp.Or(user, query.Get("user_id")),
		Title:   query.Get("session_name"),
	}
	who.Bad = who.Session != "" && !abi.ValidID(who.Session, idBytes)
	if !abi.ValidID(who.User, idBytes) {
		who.User = ""
	}
	if !abi.ValidID(who.Title, MaxTitle) {
		who.Title = ""
	}
	return who
}
