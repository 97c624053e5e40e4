/**
 * What to say to AWS so that programs run on EMR: roles, clusters, steps and their end, as commands of the {@code aws}
 * program for a reader to look at and to paste. Nothing here sends a request or reads a file.
 *
 * <p>May depend on {@code driver.cli}, {@code storage.s3} and what is below them. Start reading at {@link
 * dev.kindling.yarn.emr.EmrCommand}.
 */
package dev.kindling.yarn.emr;
