/**
 * The works as programs for Apache Spark: {@link dev.kindling.bench.spark.SparkRdd} with the functions of a user, as
 * somebody writes them who knows Spark well, and {@link dev.kindling.bench.spark.SparkSql} where there is a query for it.
 * Run in processes of their own, on Spark's class path.
 */
package dev.kindling.bench.spark;
