/// Spring AI against this server. What follows is compiled and run twice, in a module for each of
/// the two generations of Spring that cannot share a class path.
package dev.tramontane.contract.spring;
