package dev.kindling.arch.planted.driver.core;

/** Planted: the deciding side knows the executing one. */
public record CallsTheExecutor(dev.kindling.arch.planted.executor.core.KeepsAHashMap map) {}
