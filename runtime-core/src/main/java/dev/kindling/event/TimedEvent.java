package dev.kindling.event;

/** An event and when it happened: milliseconds of the driver's wall clock. */
public record TimedEvent(long timeMs, AppEvent event) {}
