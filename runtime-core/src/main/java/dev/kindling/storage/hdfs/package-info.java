/**
 * HDFS, behind the interfaces of {@code storage}: {@code hdfs://namenode:port/dir/name}, or {@code hdfs:/dir/name} on the
 * file system that {@code fs.defaultFS} of the files in {@code HADOOP_CONF_DIR} names. The one door to Hadoop's client,
 * which may be missing: {@link dev.kindling.storage.hdfs.HdfsObjectStore} and its output counterpart name none of its
 * classes, {@link dev.kindling.storage.hdfs.HdfsClient} and what is behind it do.
 *
 * <p>May depend on {@code storage}, {@code api}, {@code config} and {@code util}. Start reading at
 * {@link dev.kindling.storage.hdfs.HdfsStorage}.
 */
package dev.kindling.storage.hdfs;
