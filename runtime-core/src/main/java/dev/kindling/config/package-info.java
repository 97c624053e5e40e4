/**
 * Settings: every key is declared once with type, default, bounds and a sentence; all are parsed once, when the
 * application starts. The manual page docs/config.md is printed from the declarations.
 *
 * <p>May depend on {@code api} and {@code util}. Start reading at {@link dev.kindling.config.Config}, then the lists
 * such as {@link dev.kindling.config.ExecutorKeys}.
 */
package dev.kindling.config;
