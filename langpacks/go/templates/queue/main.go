package main

import (
	"context"
	"encoding/json"
	"log"
)

// Event is what an SQS queue sends, as far as it is used here.
type Event struct {
	Records []struct {
		MessageID string `json:"messageId"`
		Body      string `json:"body"`
	}
}

// Failure names a message that comes again.
type Failure struct {
	ItemIdentifier string `json:"itemIdentifier"`
}

// handle works on messages of a queue. Those that fail are named, so that only they come again (the trigger has to
// report batch item failures).
func handle(ctx context.Context, raw json.RawMessage) (any, error) {
	var event Event
	if err := json.Unmarshal(raw, &event); err != nil {
		return nil, err
	}
	failed := []Failure{}
	for _, record := range event.Records {
		if err := work(ctx, record.Body); err != nil {
			log.Printf("message %s failed: %v", record.MessageID, err)
			failed = append(failed, Failure{record.MessageID})
		}
	}
	return map[string][]Failure{"batchItemFailures": failed}, nil
}

// work is what is to be done with one message.
func work(_ context.Context, task string) error {
	log.Println("working on", task)
	return nil
}

func main() { start(handle) }
