package main

import (
	"context"
	"encoding/json"
	"log"
	"time"
)

// Event is what a schedule of EventBridge sends. Time: when it was due, which may be a little ago.
type Event struct {
	Time time.Time `json:"time"`
}

func handle(ctx context.Context, raw json.RawMessage) (any, error) {
	var event Event
	if err := json.Unmarshal(raw, &event); err != nil {
		return nil, err
	}
	log.Printf("due at %s, %.0f seconds ago", event.Time.Format(time.RFC3339), time.Since(event.Time).Seconds())
	done, err := work(ctx, event.Time)
	return map[string]any{"due": event.Time, "done": done}, err
}

// work is what is to be done each time. Returns how much it was.
func work(_ context.Context, due time.Time) (int, error) {
	return 0, nil
}

func main() { start(handle) }
