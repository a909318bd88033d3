package webui_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/bothost/bothost/host/webui"
)

// TestUnits runs the tests of the page's own modules, under the page's policy.
func TestUnits(t *testing.T) {
	browse(t)
	ui, err := webui.New(webui.Options{Bots: func() []string { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	ui.Before(nil).ServeHTTP(w, r)
	policy := w.Header().Get("Content-Security-Policy")

	mux := http.NewServeMux()
	mux.Handle("/units/", http.StripPrefix("/units/", http.FileServer(http.Dir("testdata/units"))))
	mux.HandleFunc("/units/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<!doctype html><html lang="en"><title>Units</title><script type="module" src="units.js"></script>`))
	})
	s := httptest.NewServer(ui.Before(mux))
	t.Cleanup(s.Close)
	p := open(t, s.URL+"/units/")
	p.wait("globalThis.results")
	rows := eval[[]struct{ Name, Fault string }](p, "results")
	for _, row := range rows {
		t.Run(row.Name, func(t *testing.T) {
			if row.Fault != "" {
				t.Error(row.Fault)
			}
		})
	}
	p.expect() // of HTML that the policy forbids, in a document where it could do nothing
	if len(rows) < 20 {
		t.Errorf("%d tests ran, want all", len(rows))
	}
}
