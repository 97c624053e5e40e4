/**
 * The command line: {@code kindling demo}, {@code submit}, {@code status}, {@code kill}, {@code config},
 * {@code doctor} and what other modules add. Results go to standard output, everything else to standard error.
 *
 * <p>May depend on: everything of the driver, picocli; nothing depends on it. Start reading at
 * {@link dev.kindling.driver.cli.Main}.
 */
package dev.kindling.driver.cli;
