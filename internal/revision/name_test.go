package revision

import "testing"

func TestRemoteName(t *testing.T) {
	for remote, want := range map[string]string{
		"https://github.com/owner/name.git":           "github.com/owner/name",
		"https://user:secret@git.example.com/o/n":     "git.example.com/o/n",
		"ssh://git@example.com:2222/o/n.git":          "example.com/o/n",
		"git@github.com:owner/name.git":               "github.com/owner/name",
		"github.com:owner/name":                       "github.com/owner/name",
		"/srv/git/name.git":                           "",
		"../name":                                     "",
		"file:///srv/git/name.git":                    "",
		`C:\repos\name`:                               "",
		"https://x-access-token:TOKEN@github.com/o/n": "github.com/o/n",
	} {
		if got := remoteName(remote); got != want {
			t.Errorf("remoteName(%q) is %q, want %q", remote, got, want)
		}
	}
}
