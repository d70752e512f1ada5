from datetime import datetime, timezone


def handler(event, context):
    """Runs on a schedule of EventBridge. `time`: when it was due, which may be a little ago."""
    due = datetime.fromisoformat(event["time"].replace("Z", "+00:00"))
    late = (datetime.now(timezone.utc) - due).total_seconds()
    print(f"due at {due:%Y-%m-%d %H:%M} UTC, {late:.0f} seconds ago")
    return {"due": due.isoformat(), "done": work(due)}


def work(due):
    """What is to be done each time. Returns how much it was."""
    return 0
