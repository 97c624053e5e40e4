/**
 * Rows in memory as they go from operator to operator: batches, and the groups of values that belong to one key.
 * Depends on nothing of ours but the public API. Start reading at {@link dev.kindling.data.Batch}.
 */
package dev.kindling.data;
