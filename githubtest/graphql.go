package githubtest

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/graph-gophers/graphql-go"
)

//go:embed testdata/schema.graphql
var schemaText string

// schema is GitHub's. The types that answer below are held to it when it is read: a field that is missing or of
// another type is an error, and so is one that may be null there and cannot be here.
var schema = sync.OnceValues(func() (*graphql.Schema, error) {
	return graphql.ParseSchema(schemaText, &graphqlRoot{}, graphql.UseFieldResolvers())
})

// graphql answers a query, and holds it against the schema.
func (s *Server) graphql(w http.ResponseWriter, body []byte) {
	var q struct {
		Query     string         `json:"query"`
		Variables map[string]any `json:"variables"`
	}
	if s.NoGraphQL || json.Unmarshal(body, &q) != nil {
		reply(w, http.StatusNotFound, object{"message": "Not Found"})
		return
	}
	schema, err := schema()
	if err == nil {
		schema, err = schema.Clone(&graphqlRoot{s})
	}
	if err != nil {
		panic(err) // NewServer has read it
	}
	answer := schema.Exec(context.Background(), q.Query, "", q.Variables)
	for _, err := range answer.Errors {
		if err.ResolverError == nil {
			s.violate("GraphQL: %s", err.Message)
		}
	}
	reply(w, http.StatusOK, answer)
}

// A graphqlRoot answers queries and mutations.
type graphqlRoot struct{ s *Server }

func (r *graphqlRoot) Viewer() graphqlUser { return graphqlUser{r.s.Viewer} }

func (r *graphqlRoot) Repository(args struct {
	Owner, Name   string
	FollowRenames bool
}) (*graphqlRepository, error) {
	if full := args.Owner + "/" + args.Name; full != r.s.Repository {
		return nil, fmt.Errorf("there is no repository %q", full)
	}
	return r.s.graphqlRepository(r.s.RepositoryID), nil
}

func (r *graphqlRoot) MinimizeComment(args struct {
	Input struct {
		SubjectID        graphql.ID
		Classifier       string
		ClientMutationID *string
	}
}) *graphqlPayload {
	r.s.Hidden = append(r.s.Hidden, string(args.Input.SubjectID))
	return &graphqlPayload{args.Input.ClientMutationID}
}

// The types of the schema, with the fields that are asked for. A pointer may be null.
type (
	graphqlPayload    struct{ ClientMutationID *string }
	graphqlUser       struct{ Login string }
	graphqlRepository struct {
		s          *Server
		DatabaseID *int32
	}
	graphqlPull struct {
		s                              *Server
		number                         int
		State                          string
		HeadRefOid                     graphqlScalar
		HeadRepository, BaseRepository *graphqlRepository
	}
	graphqlComments struct {
		TotalCount int32
		PageInfo   graphqlPage
		Nodes      *[]*graphqlComment
	}
	graphqlPage    struct{ StartCursor, EndCursor *string }
	graphqlComment struct {
		ID             graphql.ID
		FullDatabaseID *graphqlScalar
		URL            graphqlScalar
		Body           string
		IsMinimized    bool
		Author         *graphqlActor
	}
	graphqlActor struct{ Login, kind string }
	// A graphqlScalar is one of those that are strings in JSON.
	graphqlScalar string
)

// ToBot and ToUser tell what an actor is.
func (a *graphqlActor) ToBot() (*graphqlUser, bool)  { return &graphqlUser{a.Login}, a.kind == "Bot" }
func (a *graphqlActor) ToUser() (*graphqlUser, bool) { return &graphqlUser{a.Login}, a.kind == "User" }

// ImplementsGraphQLType names the types that it is.
func (graphqlScalar) ImplementsGraphQLType(name string) bool {
	return slices.Contains([]string{"BigInt", "GitObjectID", "URI"}, name)
}

// UnmarshalGraphQL reads one that is an argument: none is.
func (graphqlScalar) UnmarshalGraphQL(any) error { return errors.ErrUnsupported }

func (s *Server) graphqlRepository(id int64) *graphqlRepository {
	if id == 0 { // a fork that was removed
		return nil
	}
	short := int32(id)
	return &graphqlRepository{s, &short}
}

func (r *graphqlRepository) PullRequest(args struct{ Number int32 }) (*graphqlPull, error) {
	for _, p := range r.s.Pulls {
		if p.Number == int(args.Number) {
			return &graphqlPull{r.s, p.Number, strings.ToUpper(p.State), graphqlScalar(p.HeadSHA), r.s.graphqlRepository(p.HeadRepositoryID), r.s.graphqlRepository(r.s.RepositoryID)}, nil
		}
	}
	return nil, fmt.Errorf("there is no pull request %d", args.Number)
}

// Comments gives a part of the comments. Cursors are places in the list.
func (p *graphqlPull) Comments(args struct {
	After, Before *string
	First, Last   *int32
	OrderBy       *struct{ Direction, Field string }
}) (*graphqlComments, error) {
	all := p.s.Comments[p.number]
	from, to := place(args.After, -1)+1, place(args.Before, len(all))
	switch {
	case args.First != nil && args.Last == nil && *args.First <= 100:
		to = min(to, from+int(*args.First))
	case args.Last != nil && args.First == nil && *args.Last <= 100:
		from = max(from, to-int(*args.Last))
	default:
		return nil, errors.New("first or last has to be given, 100 at the most")
	}
	if p.s.IgnorePages {
		from, to = 0, len(all)
	}
	nodes := []*graphqlComment{}
	for i := from; i < to; i++ {
		nodes = append(nodes, p.s.graphqlComment(p.number, all[i]))
	}
	out := &graphqlComments{TotalCount: int32(len(all)), Nodes: &nodes}
	if len(nodes) > 0 {
		start, end := strconv.Itoa(from), strconv.Itoa(to-1)
		out.PageInfo = graphqlPage{&start, &end}
	}
	return out, nil
}

func place(cursor *string, none int) int {
	if cursor == nil {
		return none
	}
	n, err := strconv.Atoi(*cursor)
	if err != nil {
		return none
	}
	return n
}

func (s *Server) graphqlComment(number int, c Comment) *graphqlComment {
	id := graphql.ID(fmt.Sprintf("IC_%d", c.ID))
	database := graphqlScalar(strconv.FormatInt(c.ID, 10))
	out := &graphqlComment{
		ID: id, FullDatabaseID: &database, Body: c.Body, IsMinimized: slices.Contains(s.Hidden, string(id)),
		URL: graphqlScalar(fmt.Sprintf("https://example.com/%s/pull/%d#issuecomment-%d", s.Repository, number, c.ID)),
	}
	if c.Author != "" { // an account that was removed
		out.Author = &graphqlActor{strings.TrimSuffix(c.Author, "[bot]"), c.Kind}
	}
	return out
}
