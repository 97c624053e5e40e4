/**
 * The engine behind a {@code KindlingContext}: the shell that makes {@code driver.core} real, and what builds it from a
 * configuration.
 *
 * <p>May depend on {@code driver.core}, {@code driver.plan}, {@code driver.launch} and all of the core module. Start
 * reading at {@link dev.kindling.driver.DriverEngine} and {@link dev.kindling.driver.Driver}.
 */
package dev.kindling.driver;
