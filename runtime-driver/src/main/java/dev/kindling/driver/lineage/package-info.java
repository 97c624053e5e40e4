/**
 * What a set is made of, for people and tools: one model of the stages an action would have, and its forms as text,
 * Mermaid, DOT, SVG and JSON. Knows neither plans nor jobs; {@code driver.plan} fills the model.
 *
 * <p>May depend on: api, util. Start reading at {@link dev.kindling.driver.lineage.LineageGraph}.
 */
package dev.kindling.driver.lineage;
