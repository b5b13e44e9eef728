// Package cache keeps the most recently used values, each for a limited time.
package cache

import "time"

// A Cache holds up to a fixed number of values. It is not safe for concurrent use.
type Cache[V any] struct {
	limit   int
	ttl     time.Duration
	entries map[string]*entry[V]
	// The ring's next is the entry used last, its previous the one to drop first.
	ring entry[V]
}

type entry[V any] struct {
	key        string
	value      V
	expires    time.Time
	prev, next *entry[V]
}

// New makes a cache of limit values, each of which lives for ttl.
func New[V any](limit int, ttl time.Duration) *Cache[V] {
	c := &Cache[V]{limit: limit, ttl: ttl, entries: make(map[string]*entry[V], limit)}
	c.ring.prev, c.ring.next = &c.ring, &c.ring
	return c
}

// Get returns the value of key as of now, and whether there is one. It counts as a use.
func (c *Cache[V]) Get(key string, now time.Time) (value V, ok bool) {
	e := c.entries[key]
	if e == nil {
		return value, false
	}
	if now.After(e.expires) {
		c.drop(e)
		return value, false
	}
	e.unlink()
	c.ring.push(e)
	return e.value, true
}

// Put stores a value. It drops the value that was not used for longest when the cache is full.
func (c *Cache[V]) Put(key string, value V, now time.Time) {
	if old := c.entries[key]; old != nil {
		c.drop(old)
	}
	if len(c.entries) >= c.limit {
		c.drop(c.ring.prev)
	}
	e := &entry[V]{key: key, value: value, expires: now.Add(c.ttl)}
	c.entries[key] = e
	c.ring.push(e)
}

// Len is the number of values, expired ones among them.
func (c *Cache[V]) Len() int { return len(c.entries) }

func (c *Cache[V]) drop(e *entry[V]) {
	e.unlink()
	delete(c.entries, e.key)
}

func (e *entry[V]) unlink() {
	e.prev.next, e.next.prev = e.next, e.prev
}

func (e *entry[V]) push(first *entry[V]) {
	first.prev, first.next = e, e.next
	e.next.prev = first
	e.next = first
}
