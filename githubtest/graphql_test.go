package githubtest

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
)

// A query that GitHub would refuse is a violation: the program would go without GraphQL from then on.
func TestQueriesAreHeldToTheSchema(t *testing.T) {
	for query, says := range map[string]string{
		`{ viewer { login } }`:  "",
		`{ viewer { loginn } }`: `Cannot query field "loginn"`,
		`{ viewer }`:            `must have a selection of subfields`,
		`query($n: String!) { repository(owner: "octo", name: "parse") { pullRequest(number: $n) { state } } }`:                                `of type "String!" used in position expecting type "Int!"`,
		`{ repository(owner: "octo") { databaseId } }`:                                                                                         `argument "name" of type "String!" is required`,
		`{ repository(owner: "octo", name: "parse") { pullRequest(number: 7) { headRefOid { id } } } }`:                                        `must not have a selection`,
		`mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: TWICE}) { clientMutationId } }`:                              `"TWICE" does not exist in "ReportedContentClassifiers"`,
		`{ repository(owner: "octo", name: "parse") { pullRequest(number: 7) { comments(first: 100) { nodes { author { databaseId } } } } } }`: `Cannot query field "databaseId"`,
	} {
		s := newScene(t)
		text, err := json.Marshal(object{"query": query, "variables": object{"n": "7", "id": "IC_1"}})
		if err != nil {
			t.Fatal(err)
		}
		answer := httptest.NewRecorder()
		s.graphql(answer, text)
		if got := strings.Join(s.Violations(), "\n"); (says == "") != (got == "") || !strings.Contains(got, says) {
			t.Errorf("%s:\ngot  %q\nwant %q\n%s", query, got, says, answer.Body)
		}
	}
}
