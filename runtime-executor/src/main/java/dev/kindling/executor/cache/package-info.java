/**
 * The partitions of persisted sets that this executor keeps: packed pages in counted memory, the least recently read
 * giving way, and files on disk. Says of every change what changed, so that the driver knows who holds what. May depend
 * on executor.memory, block, protocol, rpc's ranges. Start reading at {@link dev.kindling.executor.cache.CacheStore}.
 */
package dev.kindling.executor.cache;
