// The program's version: in `eventail version`, in each call's context, and in the User-Agent.

package let programVersion = "0.1.0"
