package dev.kindling.arch.planted.executor;

/** Planted: the executor knows the driver. */
public record CallsTheDriver(dev.kindling.arch.planted.driver.core.ReadsTheClock clock) {}
