Attribute VB_Name = "sheetsales_libreoffice"

' The press in LibreOffice: the user's launcher is started with two words: which button, and the
' number that LibreOffice itself gives to each open document.
' Without Option Explicit Excel takes ThisComponent, which it does not know, for an empty variable.

Public Function InLibreOffice() As Boolean
    InLibreOffice = IsObject(ThisComponent)
End Function

Public Sub PressInLibreOffice(ByVal Word As String)
    Dim Launcher As String
    On Error GoTo NotConnected
    If Environ("USERPROFILE") <> "" Then
        Launcher = Environ("USERPROFILE") & "\.sheetsales\press.cmd"
    Else
        Launcher = Environ("HOME") & "/.sheetsales/press"
    End If
    If Dir(Launcher) = "" Then GoTo NotConnected
    Shell """" & Launcher & """ " & Word & " " & ThisComponent.RuntimeUID, 0
    Exit Sub
NotConnected:
    MsgBox "sheetsales is not connected yet. Run once:  sheetsales doctor --fix", 48, "sheetsales"
End Sub
