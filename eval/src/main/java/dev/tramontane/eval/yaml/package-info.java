/// Files of YAML that people write, read key by key so that every mistake has a message.
package dev.tramontane.eval.yaml;
